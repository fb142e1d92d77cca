import Foundation

/// The results of the same work on each item, done on all cores, in the order of the items.
///
/// Laws: the results do not depend on the number of cores, as long as the work of one item does not on another's.
///
/// Throws: what the work throws for the first item, in their order, that it throws for.
public func concurrently<Item: Sendable, Product: Sendable, Failure: Error>(
  _ items: [Item], _ work: @Sendable (Item) throws(Failure) -> Product
) throws(Failure) -> [Product] {
  var results = [Result<Product, Failure>?](repeating: nil, count: items.count)
  results.withUnsafeMutableBufferPointer { buffer in
    // Each iteration writes its own slot only.
    nonisolated(unsafe) let slots = buffer
    DispatchQueue.concurrentPerform(iterations: items.count) { index in
      slots[index] = Result { () throws(Failure) in try work(items[index]) }
    }
  }
  var products = [Product]()
  products.reserveCapacity(items.count)
  for result in results {
    if let result { products.append(try result.get()) }
  }
  return products
}
