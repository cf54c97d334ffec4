public import LiveDocument

/// A script's document as its keeper has it. Nothing of a patch counts before all of it was checked: renderers trust what
/// they draw.
public struct LinkedDocument: Sendable {
    /// How many elements it may have.
    public static let elementLimit = 10_000
    /// Bytes of text that it may have, in all of it.
    public static let textLimit = 2 << 20

    public private(set) var document = LiveDocument()
    /// What has come of a patch whose last part is still missing, and how much that is.
    private var coming: DocumentPatch?
    private var text = 0
    private var children = 0

    public init() {}

    /// Gives renderers the document to read from.
    public mutating func read(_ body: (inout LiveDocument) -> Void) { body(&document) }

    /// Adds a part of a patch.
    ///
    /// - Returns: whether the patch is whole, and taken.
    /// - Throws: for what no script's document can come to.
    public mutating func take(_ part: LinkedPatch) throws(LinkFault) -> Bool {
        var patch = part.patch
        if var begun = coming {
            guard patch.from == begun.from, patch.sequence == begun.sequence, patch.title == nil else {
                throw LinkFault("a patch within another one")
            }
            // In place: there may be many parts.
            coming = nil
            begun.elements += patch.elements
            patch = begun
        } else {
            (text, children) = (0, 0)
        }
        text += Self.text(in: part.patch)
        children += part.patch.elements.reduce(0) { $0 + ($1.children?.count ?? 0) }
        // No tree has more children than elements.
        guard patch.elements.count <= Self.elementLimit, children <= Self.elementLimit, text <= Self.textLimit else {
            throw LinkFault("too large a patch")
        }
        guard part.isLast else {
            coming = patch
            return false
        }
        try apply(patch)
        return true
    }

    private mutating func apply(_ patch: DocumentPatch) throws(LinkFault) {
        guard patch.from == document.sequence, patch.sequence > patch.from else {
            throw LinkFault("a patch from \(patch.from) to \(patch.sequence), after \(document.sequence)")
        }
        var changes: [Int: ElementChange] = [:]
        for change in patch.elements {
            guard changes.updateValue(change, forKey: change.id.number) == nil else {
                throw LinkFault("an element twice in a patch")
            }
            guard change.isNew || document.contains(change.id) else {
                throw LinkFault("a change of an element that is not there")
            }
        }
        let count = try countTree(changes)
        var next = document
        next.apply(patch)
        // What has left the tree is gone.
        guard next.count == count else { throw LinkFault("elements outside the document's tree") }
        guard Self.text(in: next) <= Self.textLimit else { throw LinkFault("a document with too much text") }
        document = next
    }

    /// How many elements there will be. Each hangs in one place, and each that has changed hangs somewhere: what is no tree
    /// has no end.
    private func countTree(_ changes: [Int: ElementChange]) throws(LinkFault) -> Int {
        var seen: Set<Int> = []
        var unseen = changes.count
        var left = [ElementID.body]
        while let id = left.popLast() {
            guard seen.insert(id.number).inserted, seen.count <= Self.elementLimit else {
                throw LinkFault("an element in two places, or too many of them")
            }
            let change = changes[id.number]
            if change != nil { unseen -= 1 }
            guard change != nil || document.contains(id) else { throw LinkFault("an element that is not there") }
            left += change?.children ?? document.children(of: id)
        }
        guard unseen == 0 else { throw LinkFault("a change of an element outside the document's tree") }
        return seen.count
    }

    /// Whether a document is so large that none of it can be shown.
    public static func isTooLarge(_ document: LiveDocument) -> Bool {
        document.count > elementLimit || text(in: document) > textLimit
    }

    private static func text(in document: LiveDocument) -> Int {
        document.subtree(of: .body).reduce(document.title.utf8.count) { sum, id in
            ElementProperty.allCases.reduce(sum + (document.name(of: id)?.utf8.count ?? 0)) { sum, property in
                sum + text(in: document.value(property, of: id))
            }
        }
    }

    private static func text(in patch: DocumentPatch) -> Int {
        patch.elements.reduce(patch.title?.utf8.count ?? 0) { sum, change in
            change.properties.values.reduce(sum + (change.name?.utf8.count ?? 0)) { $0 + text(in: $1) }
        }
    }

    private static func text(in value: PropertyValue?) -> Int {
        switch value {
        case .text(let text), .media(.path(let text)), .media(.url(let text)): text.utf8.count
        case .media(.blob), .number, .flag, nil: 0
        }
    }
}
