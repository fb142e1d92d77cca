// Complex numbers as plain structs, so that cblas_zdotc and friends import by value.
#define FORCE_OPENBLAS_COMPLEX_STRUCT 1
#include <cblas.h>
#include <stdlib.h>
#include <string.h>

// Absent from builds for a single kind of processor.
extern void gotoblas_dynamic_init(void) __attribute__((weak));
extern void gotoblas_dynamic_quit(void) __attribute__((weak));

// OpenBLAS takes a processor younger than itself for a Prescott, and runs at a fifth of its speed. No Prescott has AVX2,
// so one that has is told apart, unless the user has chosen (OPENBLAS_CORETYPE). To be called before any other function
// of OpenBLAS, once.
static inline void fieldbook_choose_blas_kernels(void) {
#if defined(__x86_64__)
  if (!gotoblas_dynamic_init || !gotoblas_dynamic_quit || getenv("OPENBLAS_CORETYPE")) return;
  if (strcmp(openblas_get_corename(), "Prescott") != 0) return;
  const char *kind = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")
      && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") ? "SkylakeX"
      : __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? "Haswell" : NULL;
  if (!kind) return;
  setenv("OPENBLAS_CORETYPE", kind, 0);
  gotoblas_dynamic_quit();
  gotoblas_dynamic_init();
  unsetenv("OPENBLAS_CORETYPE");
#endif
}
