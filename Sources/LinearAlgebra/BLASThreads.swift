import COpenBLAS

/// OpenBLAS's own thread pool, which stays out of use, and its choice of kernels, which is put right.
///
/// OpenBLAS with two threads and several callers spins on one global lock, two orders of magnitude slower than with
/// one thread. So it runs at one thread and parallelism lies above it.
public enum BLASThreads {
  private static let one: Void = {
    fieldbook_choose_blas_kernels()
    openblas_set_num_threads(1)
  }()

  /// Sets OpenBLAS to one thread, once in the process. Cheap to call again; every entry into BLAS here does.
  public static func useOne() { _ = one }
}
