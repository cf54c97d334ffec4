/// A document's elements by their ids. Keyed by number: a dictionary whose keys are a type of our own costs every
/// start of the program a search through all the types that the runtime knows.
struct NodeTable: Sendable {
    /// By itself: a run that shows nothing needs no dictionary then, whose type costs such searches too.
    private var body: Node?
    private var others: [Int: Node] = [:]

    init(body: Node) {
        self.body = body
    }

    var count: Int { others.count + (body == nil ? 0 : 1) }

    func contains(_ id: ElementID) -> Bool {
        id == .body ? body != nil : others.index(forKey: id.number) != nil
    }

    /// Changes a node where it is, which takes one search for all that is read and set of it.
    mutating func update(_ id: ElementID, _ change: (inout Node) -> Void) {
        if id == .body {
            body?.update(change)
        } else if let index = others.index(forKey: id.number) {
            change(&others.values[index])
        }
    }

    subscript(id: ElementID) -> Node? {
        get { id == .body ? body : others[id.number] }
        // In place: a copy of a node would copy its properties.
        _modify { if id == .body { yield &body } else { yield &others[id.number] } }
    }
}

extension Node {
    fileprivate mutating func update(_ change: (inout Node) -> Void) { change(&self) }
}
