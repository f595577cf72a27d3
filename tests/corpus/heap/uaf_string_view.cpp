/* A string_view of a temporary string.
 *
 * fault: heap-use-after-free
 * access: read
 * offset_bytes: 0
 * plain: silent
 * abort: silent
 * debug: silent
 */
#include <string>
#include <string_view>

static std::string name(int number)
{
    return "a name that is too long for the small buffer, number " + std::to_string(number);
}

int main()
{
    std::string_view view = name(7);
    return view[0] == 'x';
}
