/* null field of array.
 * fault: null-dereference
 * access: write
 */
#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
    long *volatile array = NULL;
    array[100] = 1;
}
