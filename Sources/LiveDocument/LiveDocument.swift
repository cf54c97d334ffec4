/// The state of a script's UI: a tree of elements with properties. It draws nothing.
///
/// How a renderer uses it:
///
/// - The script's document belongs to the script's thread. After each wait of the script a renderer is given it
///   (`DocumentRenderer.update(from:)`). It asks `hasChanges(since: n)`, which costs next to nothing, and takes
///   `patch(since: n)`, where n is the sequence number of the last patch it took, 0 at first. Every renderer has a
///   number of its own and reads at its own pace. What was set ten thousand times in between is one value in one patch,
///   and no patch is ever too late.
/// - A renderer with a thread of its own keeps a copy: a `LiveDocument` behind a lock, which it brings up to date by
///   `follow(_:)`, or by `apply(_:)` from a patch that it needs for more or that came from another process. Copies have
///   the original's sequence numbers. Its clients (pages) then read patches from the copy, each at its own pace:
///   `patch(since: lastEventID)` for one that comes back, `state()` for a new one.
/// - To draw, it walks from `ElementID.body` along `children(of:)`. `tag(of:)` says what to draw an element as, also
///   where the script has not said so; `isBlank` ones have nothing to show yet. `number(_:of:)`, `text(_:of:)`,
///   `flag(_:of:)` and `media(of:)` read what is set, `fraction(of:)` a bar's share.
/// - What people do goes back as a `DocumentEvent`: clicks on elements with `flag(.onclick, of:)`, and whatever is
///   typed into an input. A renderer does not change the script's document: the script's side sets an input's new
///   value, which is in the next patch.
public struct LiveDocument: Sendable {
    var nodes = NodeTable(body: Node(name: nil, givenTag: .div, isInTree: true))
    var byName: [String: ElementID] = [:]
    var nextNumber = 1
    var log: [(stamp: Int, id: ElementID)] = []
    var titleStamp = 0

    /// The number of the last patch that can be read; changes since belong to the next.
    public internal(set) var sequence = 0
    /// Whether the number after `sequence` has changes.
    var isOpen = false

    /// The document's title; "" unless set.
    public internal(set) var title = ""

    public init() {}

    // MARK: Elements

    /// The element with that id; made on first use, as the body's last child. The caller holds it.
    public mutating func element(named name: String) -> ElementID {
        if let id = byName[name] {
            hold(id)
            return id
        }
        let id = add(Node(name: name, givenTag: nil))
        append(id, to: .body)
        return id
    }

    /// The element with that id, if there is one in the tree.
    public func find(named name: String) -> ElementID? { byName[name] }

    /// A new element outside the tree. The caller holds it.
    public mutating func createElement(_ tag: ElementTag) -> ElementID {
        add(Node(name: nil, givenTag: tag))
    }

    private mutating func add(_ node: Node) -> ElementID {
        let id = ElementID(number: nextNumber)
        nextNumber += 1
        nodes[id] = node
        hold(id)
        return id
    }

    /// Whether the script has made any element.
    public var hasElements: Bool { nextNumber > 1 || nodes.count > 1 }

    /// How many elements there are, the body among them.
    public var count: Int { nodes.count }

    public func contains(_ id: ElementID) -> Bool { nodes.contains(id) }

    // MARK: Holders

    /// The script has been given one more object for the element; a new element has one from the start.
    public mutating func hold(_ id: ElementID) {
        nodes[id]?.holders += 1
    }

    /// The script has lost one of its objects. An element that hangs from nothing, and that it cannot reach any more,
    /// is freed.
    public mutating func letGo(of id: ElementID) {
        nodes[id]?.holders -= 1
        sweep(id)
    }

    mutating func sweep(_ top: ElementID) {
        var left = [top]
        while let id = left.popLast() {
            guard let node = nodes[id], node.holders <= 0, !node.isInTree, node.parent == nil else { continue }
            nodes[id] = nil
            for child in node.children {
                nodes[child]?.parent = nil
                left.append(child)
            }
        }
    }

    // MARK: Setting

    public mutating func setTitle(_ text: String) {
        guard text != title else { return }
        title = text
        isOpen = true
        titleStamp = sequence + 1
    }

    /// Setting the value that is there already changes nothing. A text replaces the children.
    ///
    /// - Returns: whether there is such an element.
    @discardableResult
    public mutating func set(_ property: ElementProperty, of id: ElementID, to value: PropertyValue?) -> Bool {
        if property == .textContent, let children = nodes[id]?.children, !children.isEmpty {
            for child in children.reversed() { remove(child) }
        }
        let stamp = sequence + 1
        var (isThere, isNews) = (false, false)
        nodes.update(id) { node in
            isThere = true
            guard node.properties[property.rawValue].value != value else { return }
            node.properties[property.rawValue] = Node.Property(value: value, stamp: stamp)
            isNews = node.touch(stamp)
        }
        if isNews { noteChange(of: id, stamp) }
        return isThere
    }

    /// Records that something about the element has changed.
    mutating func touch(_ id: ElementID) {
        let stamp = sequence + 1
        var isNews = false
        nodes.update(id) { isNews = $0.touch(stamp) }
        if isNews { noteChange(of: id, stamp) }
    }

    mutating func noteChange(of id: ElementID, _ stamp: Int) {
        isOpen = true
        log.append((stamp, id))
        // An element counts where it stands last in the log.
        if log.count > 64, log.count > 2 * nodes.count {
            log.removeAll { stamp, id in nodes.read(id) { $0.stamp } != stamp }
        }
    }
}

/// An element as the document keeps it.
struct Node: Sendable {
    struct Property: Sendable {
        var value: PropertyValue?
        /// The sequence number of the patch that has it.
        var stamp = 0
    }

    var name: String?
    var givenTag: ElementTag?
    var isInTree = false
    var parent: ElementID?
    var children: [ElementID] = []
    var childrenStamp = 0
    /// When it came into the tree.
    var arrival = 0
    /// The last change of anything here.
    var stamp = 0
    /// How many objects the script has for it.
    var holders = 0
    var properties = [Property](repeating: Property(), count: ElementProperty.allCases.count)

    init(name: String?, givenTag: ElementTag?, isInTree: Bool = false) {
        self.name = name
        self.givenTag = givenTag
        self.isInTree = isInTree
    }

    /// Records a change for the patch of that number.
    ///
    /// - Returns: whether it is the first one that renderers see.
    mutating func touch(_ patch: Int) -> Bool {
        guard isInTree, stamp != patch else { return false }
        stamp = patch
        return true
    }
}
