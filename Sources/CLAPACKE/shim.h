// LAPACKE's complex types are macros over `_Complex`, which Swift cannot import: give it structs of the same layout.
#define LAPACK_COMPLEX_CUSTOM 1
typedef struct ComplexF32 { float real, imag; } ComplexF32;
typedef struct ComplexF64 { double real, imag; } ComplexF64;
#define lapack_complex_float ComplexF32
#define lapack_complex_double ComplexF64
#include <lapacke.h>
