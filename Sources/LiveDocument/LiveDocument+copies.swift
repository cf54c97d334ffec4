extension LiveDocument {
    /// Brings a copy up to the patch's sequence number, which is then the original's. A patch that is the whole
    /// state replaces everything.
    public mutating func apply(_ patch: DocumentPatch) {
        if patch.isWholeState { self = LiveDocument() }
        sequence = patch.sequence - 1
        if let title = patch.title { setTitle(title) }
        var orphans: [ElementID] = []
        for change in patch.elements {
            if change.isNew { arrive(change) }
            for (property, value) in change.properties {
                nodes[change.id]?.properties[property.rawValue] = Node.Property(value: value, stamp: patch.sequence)
            }
            touch(change.id)
            guard let children = change.children else { continue }
            for child in nodes[change.id]?.children ?? [] where nodes[child]?.parent == change.id {
                nodes[child]?.parent = nil
                orphans.append(child)
            }
            nodes[change.id]?.children = children
            nodes[change.id]?.childrenStamp = patch.sequence
        }
        for change in patch.elements {
            for child in change.children ?? [] { nodes[child]?.parent = change.id }
        }
        for orphan in orphans where nodes[orphan]?.parent == nil { discard(orphan) }
        nextNumber = max(nextNumber, (patch.elements.map(\.id.number).max() ?? 0) + 1)
        sequence = patch.sequence
        isOpen = false
    }

    private mutating func arrive(_ change: ElementChange) {
        var node = Node(name: change.name, givenTag: change.hasOwnTag ? change.tag : nil, isInTree: true)
        node.arrival = sequence + 1
        node.parent = nodes[change.id]?.parent
        node.children = nodes[change.id]?.children ?? []
        nodes[change.id] = node
        if let name = change.name { byName[name] = change.id }
        touch(change.id)
    }

    private mutating func discard(_ top: ElementID) {
        for id in subtree(of: top) where id == top || nodes[id]?.parent.map({ nodes[$0] == nil }) ?? true {
            if let name = nodes[id]?.name, byName[name] == id { byName[name] = nil }
            nodes[id] = nil
        }
    }
}
