/// What has changed in a document from one sequence number to a later one: the current values, however often they
/// changed in between.
///
/// It covers only elements in the tree. An element that came into the tree is listed with everything that is set
/// on it. One that left is no longer among its parent's children, and is not mentioned otherwise.
public struct DocumentPatch: Hashable, Sendable {
    /// What the reader had before; 0 for nothing, so that the patch is the whole state.
    public var from: Int
    /// What the reader has once it has taken this patch.
    public var sequence: Int
    /// The document's title, if it has changed.
    public var title: String?
    /// Each element at most once, in the order in which they changed.
    public var elements: [ElementChange]

    public var isWholeState: Bool { from == 0 }

    public init(from: Int, sequence: Int, title: String? = nil, elements: [ElementChange] = []) {
        self.from = from
        self.sequence = sequence
        self.title = title
        self.elements = elements
    }
}

/// What is new about one element.
public struct ElementChange: Hashable, Sendable {
    public var id: ElementID
    /// The id under which the script, or the user's page, knows it; nil if it has none.
    public var name: String?
    /// How to show it now. An element that was not made with a tag changes its shape with what is set on it.
    public var tag: ElementTag
    /// Whether it was made with that tag, rather than taking its shape from what is set.
    public var hasOwnTag: Bool
    /// Whether it came into the tree. Forget what was known about it before.
    public var isNew: Bool
    /// The properties that changed; nil for one that is no longer set.
    public var properties: [ElementProperty: PropertyValue?]
    /// All its children in order, if that has changed.
    public var children: [ElementID]?

    public init(
        id: ElementID, name: String?, tag: ElementTag, hasOwnTag: Bool, isNew: Bool,
        properties: [ElementProperty: PropertyValue?], children: [ElementID]?
    ) {
        self.id = id
        self.name = name
        self.tag = tag
        self.hasOwnTag = hasOwnTag
        self.isNew = isNew
        self.properties = properties
        self.children = children
    }
}
