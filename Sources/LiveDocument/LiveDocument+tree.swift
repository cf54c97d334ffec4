extension LiveDocument {
    /// Makes `child` the last child of `parent`, taking it from where it was.
    ///
    /// - Returns: false, and nothing changes, if `parent` is `child` itself or inside it, or if `child` is the
    ///   body.
    @discardableResult
    public mutating func append(_ child: ElementID, to parent: ElementID) -> Bool {
        guard child != .body, nodes[child] != nil, nodes[parent] != nil, !isInside(parent, child) else { return false }
        let wasInTree = nodes[child]?.isInTree ?? false
        let isInTree = nodes[parent]?.isInTree ?? false
        if let old = nodes[child]?.parent { changeChildren(of: old) { Self.drop(child, from: &$0) } }
        if wasInTree, !isInTree { leaveTree(child) }
        nodes[child]?.parent = parent
        changeChildren(of: parent) { $0.append(child) }
        if isInTree, !wasInTree { enterTree(child) }
        return true
    }

    /// Takes an element out of the tree, with everything in it. It can be appended again.
    public mutating func remove(_ id: ElementID) {
        guard id != .body, let parent = nodes[id]?.parent else { return }
        changeChildren(of: parent) { Self.drop(id, from: &$0) }
        nodes[id]?.parent = nil
        if nodes[id]?.isInTree == true { leaveTree(id) }
        sweep(id)
    }

    /// In their order.
    public func children(of id: ElementID) -> [ElementID] { nodes.read(id) { $0.children } ?? [] }

    /// nil for the body, and for an element that is not in another.
    public func parent(of id: ElementID) -> ElementID? { nodes.read(id) { $0.parent } ?? nil }

    /// Whether it hangs from the body, so that renderers show it.
    public func isInTree(_ id: ElementID) -> Bool { nodes.read(id) { $0.isInTree } ?? false }

    /// From the end: a script that removes many elements usually removes the last ones.
    private static func drop(_ child: ElementID, from children: inout [ElementID]) {
        if let place = children.lastIndex(of: child) { children.remove(at: place) }
    }

    private func isInside(_ id: ElementID, _ ancestor: ElementID) -> Bool {
        // Nothing is inside an element without children, however deep `id` is.
        guard nodes[ancestor]?.children.isEmpty == false else { return id == ancestor }
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

    /// Readers see it as new, whatever they knew about it before.
    private mutating func enterTree(_ top: ElementID) {
        for id in subtree(of: top) {
            nodes[id]?.isInTree = true
            nodes[id]?.arrival = sequence + 1
            touch(id)
            if let name = nodes[id]?.name, byName[name] == nil { byName[name] = id }
        }
    }

    private mutating func leaveTree(_ top: ElementID) {
        for id in subtree(of: top) {
            nodes[id]?.isInTree = false
            if let name = nodes[id]?.name, byName[name] == id { byName[name] = nil }
        }
    }

    /// An element and everything inside it, parents before children. Not recursive: a script may nest deeply.
    public func subtree(of top: ElementID) -> [ElementID] {
        var subtree: [ElementID] = []
        var left = [top]
        while let id = left.popLast() {
            subtree.append(id)
            for child in children(of: id).reversed() { left.append(child) }
        }
        return subtree
    }
}
