extension LiveDocument {
    /// Whether anything is new to a reader who has taken the patch of that number.
    public func hasChanges(since known: Int) -> Bool { isOpen || known != sequence }

    /// What is new to a reader who has that number; nil if nothing is. A number that this document has not reached yet
    /// belongs to another document, and gets the whole state.
    public mutating func patch(since known: Int) -> DocumentPatch? {
        close()
        guard known != sequence else { return nil }
        return changes(since: known > sequence || known < 0 ? 0 : known)
    }

    /// The whole state, even of a document in which nothing has been set yet.
    public mutating func state() -> DocumentPatch {
        close()
        return changes(since: 0)
    }

    /// Whatever is set from now on belongs to the next patch.
    mutating func close() {
        guard isOpen else { return }
        sequence += 1
        isOpen = false
    }

    private func changes(since known: Int) -> DocumentPatch {
        var elements: [ElementChange] = []
        if known == 0 {
            elements = subtree(of: .body).compactMap { change(of: $0, since: 0) }
        } else {
            for (stamp, id) in log.reversed() {
                guard stamp > known else { break }
                if nodes[id]?.stamp == stamp, let change = change(of: id, since: known) { elements.append(change) }
            }
            elements.reverse()
        }
        return DocumentPatch(
            from: known, sequence: sequence, title: known == 0 || titleStamp > known ? title : nil, elements: elements)
    }

    private func change(of id: ElementID, since known: Int) -> ElementChange? {
        guard let node = nodes[id], node.isInTree else { return nil }
        let isNew = known == 0 || node.arrival > known
        var properties: [ElementProperty: PropertyValue?] = [:]
        for property in ElementProperty.allCases {
            let now = node.properties[property.rawValue]
            if isNew ? now.value != nil : now.stamp > known { properties[property] = .some(now.value) }
        }
        return ElementChange(
            id: id, name: node.name, tag: tag(of: id), hasOwnTag: node.givenTag != nil, isNew: isNew,
            properties: properties,
            children: isNew || node.childrenStamp > known ? node.children : nil)
    }
}
