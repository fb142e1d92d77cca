// Complex numbers as plain structs, so that cblas_zdotc and friends import by value.
#define FORCE_OPENBLAS_COMPLEX_STRUCT 1
#include <cblas.h>
