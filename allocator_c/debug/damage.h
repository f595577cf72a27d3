/* Damage that is found in memory after the fact: who wrote is gone, what was hit still shows. */
#ifndef FT_DEBUG_DAMAGE_H
#define FT_DEBUG_DAMAGE_H

#include "heap/place.h"

/* Each returns 1, and has reported, when there is damage. */
int damage_of_freed(const struct place *place, const void *caller);   /* fill of a quarantined block */
int damage_of_redzone(const struct place *place, const void *caller); /* canaries of a live block */
int damage_of_trace(const struct place *place, const void *caller);   /* words in front of a live block's header */
int damage_of_header(const struct place *place, const void *caller);  /* header, of whatever state */

#endif
