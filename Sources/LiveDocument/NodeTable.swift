/// A document's elements by their ids, side by side so that each is read and changed where it is.
///
/// Scripts make elements one after the other, so that an element's place is mostly its number, which takes no search. Only
/// the places of others are looked up: those of documents whose elements come and go, or whose numbers another process
/// has made up.
struct NodeTable: Sendable {
    /// By itself: a run that shows nothing needs no array of nodes then, nor a dictionary. To make their types costs
    /// every start of the program a search through all the types that the runtime knows.
    private var body: Node?
    /// The first one is left free: it would be the body's.
    private var places: [Node?] = []
    /// Of the node in each place; -1 where there is none.
    private var numbers: [Int] = []
    private var vacant: [Int] = []
    /// The places of nodes whose number is another. Keyed by number: to make a dictionary whose keys are a type of our own
    /// costs one more search.
    private var elsewhere: [Int: Int] = [:]

    private var others = 0

    init(body: Node) {
        self.body = body
    }

    var count: Int { others + (body == nil ? 0 : 1) }

    func contains(_ id: ElementID) -> Bool {
        id == .body ? body != nil : place(of: id) != nil
    }

    /// Reads a node where it is.
    func read<Result>(_ id: ElementID, _ read: (Node) -> Result) -> Result? {
        if id == .body { return body.map(read) }
        guard let place = place(of: id) else { return nil }
        return places[place].map(read)
    }

    /// Changes a node where it is, which takes one search for all that is read and set of it.
    mutating func update(_ id: ElementID, _ change: (inout Node) -> Void) {
        if id == .body {
            body?.update(change)
        } else if let place = place(of: id) {
            places[place]?.update(change)
        }
    }

    subscript(id: ElementID) -> Node? {
        _read {
            if id == .body {
                yield body
            } else if let place = place(of: id) {
                yield places[place]
            } else {
                yield nil
            }
        }
        // In place: a copy of a node would copy its properties.
        _modify {
            if id == .body {
                yield &body
            } else if let place = place(of: id) {
                yield &places[place]
                if places[place] == nil { leave(place) }
            } else {
                var node: Node?
                yield &node
                if let node { add(node, id.number) }
            }
        }
    }

    private func place(of id: ElementID) -> Int? {
        let number = id.number
        if numbers.indices.contains(number), numbers[number] == number { return number }
        return elsewhere.isEmpty ? nil : elsewhere[number]
    }

    private mutating func add(_ node: Node, _ number: Int) {
        if places.isEmpty {
            places.append(nil)
            numbers.append(-1)
        }
        let place = vacant.popLast() ?? places.count
        if place == places.count {
            places.append(node)
            numbers.append(number)
        } else {
            places[place] = node
            numbers[place] = number
        }
        if place != number { elsewhere[number] = place }
        others += 1
    }

    private mutating func leave(_ place: Int) {
        if numbers[place] != place { elsewhere[numbers[place]] = nil }
        numbers[place] = -1
        vacant.append(place)
        others -= 1
    }
}

extension Node {
    fileprivate mutating func update(_ change: (inout Node) -> Void) { change(&self) }
}
