/* The program behind gdbplugin/EXAMPLES.md: a shop that loses orders, writes past a name, and reads a freed order. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct order {
    struct order *next;
    char *customer;
    double total;
    int items[6];
};

struct order *orders;
struct order *last_order;
static char *report;

static struct order *new_order(const char *customer, double total)
{
    struct order *order = calloc(1, sizeof *order);
    order->customer = malloc(strlen(customer)); /* no room for the end of the text */
    strcpy(order->customer, customer);
    order->total = total;
    return order;
}

static void take_orders(void)
{
    static const char *const customers[] = {"Ada", "Grace", "Barbara"};
    for (int index = 0; index < 3; index++) {
        struct order *order = new_order(customers[index], 10.0 * index);
        order->next = orders;
        orders = order;
    }
}

static void lose_orders(void)
{
    for (int index = 0; index < 4; index++)
        new_order("nobody at all", index);
}

static void *print_report(void *unused)
{
    report = malloc(48847);
    memset(report, '-', 48847);
    return unused;
}

static void close_day(void)
{
    last_order = orders;
    orders = orders->next;
    free(last_order);
}

int main(void)
{
    pthread_t thread;
    take_orders();
    pthread_create(&thread, NULL, print_report, NULL);
    pthread_join(thread, NULL);
    lose_orders();
    close_day();
    return last_order->next->items[0];
}
