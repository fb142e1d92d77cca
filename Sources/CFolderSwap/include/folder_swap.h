#pragma once

/// Exchanges two paths in one step of the file system; 0 on success, else -1 with errno set.
int fieldbook_exchange_paths(const char *left, const char *right);
