/* The same under FtMallocGuard.
 * options: FtMallocGuard=1
 * modes: linked
 * exit: 0
 */
#include "interface_mark.c"
