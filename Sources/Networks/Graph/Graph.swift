/// The operations of a network in an order in which they can be evaluated.
struct Graph: Sendable {
}
