#define _GNU_SOURCE
#include "folder_swap.h"

#include <fcntl.h>
#include <stdio.h>

// Glibc's Swift module leaves renameat2 out, because it is declared only under _GNU_SOURCE.
int fieldbook_exchange_paths(const char *left, const char *right) {
  return renameat2(AT_FDCWD, left, AT_FDCWD, right, RENAME_EXCHANGE);
}
