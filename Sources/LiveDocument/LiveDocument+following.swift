extension LiveDocument {
    /// Brings a copy in the same process up to date: what `apply(_:)` makes of the patch since its number, without the
    /// patch. Mostly nothing but values of properties are new, which are copied one by one.
    ///
    /// - Returns: whether anything was new.
    @discardableResult
    public mutating func follow(_ original: inout LiveDocument) -> Bool {
        guard original.hasChanges(since: sequence) else { return false }
        guard let news = original.valuesOnly(since: sequence) else {
            guard let patch = original.patch(since: sequence) else { return false }
            apply(patch)
            return true
        }
        let known = sequence
        let stamp = original.sequence
        // Of the number that is open now.
        sequence = stamp - 1
        if original.titleStamp > known { setTitle(original.title) }
        for (changed, id) in original.log[news] {
            original.nodes.read(id) { theirs in
                guard theirs.stamp == changed, theirs.isInTree else { return }
                var isNews = false
                nodes.update(id) { node in
                    node.take(from: theirs, since: known, stamp)
                    isNews = node.touch(stamp)
                }
                if isNews { noteChange(of: id, stamp) }
            }
        }
        sequence = stamp
        isOpen = false
        return true
    }

    /// Where the log has what is new to a copy with that number; nil if that is more than values of properties of elements
    /// that it has.
    private mutating func valuesOnly(since known: Int) -> Range<Int>? {
        close()
        guard known > 0, known <= sequence else { return nil }
        var first = log.endIndex
        while first > log.startIndex, log[first - 1].stamp > known {
            first -= 1
            let isMore = nodes.read(log[first].id) { node in
                node.isInTree && (node.arrival > known || node.childrenStamp > known)
            }
            if isMore == true { return nil }
        }
        return first..<log.endIndex
    }
}

extension Node {
    fileprivate mutating func take(from original: Node, since known: Int, _ stamp: Int) {
        for index in properties.indices where original.properties[index].stamp > known {
            properties[index] = Property(value: original.properties[index].value, stamp: stamp)
        }
    }
}
