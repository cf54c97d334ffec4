extension LiveDocument {
    /// Makes `child` the last child of `parent`, taking it from where it was.
    ///
    /// - Returns: false, and nothing is changed, if `parent` is `child` itself or inside of it, or if it is the body
    ///   that would go somewhere.
    @discardableResult
    public mutating func append(_ child: ElementID, to parent: ElementID) -> Bool {
        guard child != .body, nodes[child] != nil, nodes[parent] != nil, !isInside(parent, child) else { return false }
        let wasInTree = nodes[child]?.isInTree ?? false
        let isInTree = nodes[parent]?.isInTree ?? false
        if let old = nodes[child]?.parent { changeChildren(of: old) { $0.removeAll { $0 == child } } }
        if wasInTree, !isInTree { leaveTree(child) }
        nodes[child]?.parent = parent
        changeChildren(of: parent) { $0.append(child) }
        if isInTree, !wasInTree { enterTree(child) }
        return true
    }

    /// Takes an element out of the tree, with all that is in it; it can be appended again.
    public mutating func remove(_ id: ElementID) {
        guard id != .body, let parent = nodes[id]?.parent else { return }
        changeChildren(of: parent) { $0.removeAll { $0 == id } }
        nodes[id]?.parent = nil
        if nodes[id]?.isInTree == true { leaveTree(id) }
        sweep(id)
    }

    /// In their order.
    public func children(of id: ElementID) -> [ElementID] { nodes[id]?.children ?? [] }

    /// nil for the body, and for what is not in anything.
    public func parent(of id: ElementID) -> ElementID? { nodes[id]?.parent }

    /// Whether it hangs from the body, so that faces show it.
    public func isInTree(_ id: ElementID) -> Bool { nodes[id]?.isInTree ?? false }

    private func isInside(_ id: ElementID, _ ancestor: ElementID) -> Bool {
        var at: ElementID? = id
        while let here = at {
            if here == ancestor { return true }
            at = nodes[here]?.parent
        }
        return false
    }

    private mutating func changeChildren(of id: ElementID, _ change: (inout [ElementID]) -> Void) {
        let stamp = sequence + 1
        if var children = nodes[id]?.children {
            nodes[id]?.children = []
            change(&children)
            nodes[id]?.children = children
        }
        nodes[id]?.childrenStamp = stamp
        touch(id)
    }

    /// To readers it is new, whatever they knew of it before.
    private mutating func enterTree(_ top: ElementID) {
        for id in family(of: top) {
            nodes[id]?.isInTree = true
            nodes[id]?.arrival = sequence + 1
            touch(id)
            if let name = nodes[id]?.name, byName[name] == nil { byName[name] = id }
        }
    }

    private mutating func leaveTree(_ top: ElementID) {
        for id in family(of: top) {
            nodes[id]?.isInTree = false
            if let name = nodes[id]?.name, byName[name] == id { byName[name] = nil }
        }
    }

    /// An element and all inside of it, parents before their children. Not by recursion: a script may nest deeply.
    public func family(of top: ElementID) -> [ElementID] {
        var family: [ElementID] = []
        var left = [top]
        while let id = left.popLast() {
            family.append(id)
            left += children(of: id).reversed()
        }
        return family
    }
}
