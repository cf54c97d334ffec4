/// A document's elements by their ids. Kept by number: a dictionary whose keys are of a type of our own costs every
/// start of the program a search through all that the runtime knows of types.
struct NodeTable: Sendable {
    private var byNumber: [Int: Node]

    init(body: Node) {
        byNumber = [ElementID.body.number: body]
    }

    var count: Int { byNumber.count }

    subscript(id: ElementID) -> Node? {
        get { byNumber[id.number] }
        // In place: a copy of a node would copy its properties.
        _modify { yield &byNumber[id.number] }
    }
}
