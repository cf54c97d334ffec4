/// What a request takes up at the keeper until it has been sent. Of that the keeper has only so much to give, and a script
/// process waits by itself until there is room.
public struct LinkLoad: Hashable, Sendable {
    /// Places among the requests that are under way.
    public var places: Int
    /// Bytes.
    public var memory: Int
    /// Bytes of files.
    public var disk: Int

    public init(places: Int = 0, memory: Int = 0, disk: Int = 0) {
        self.places = places
        self.memory = memory
        self.disk = disk
    }

    /// What the keeper has for what is to be sent, of all requests together.
    public static let room = LinkLoad(places: 512, memory: 12 << 20, disk: 4 << 30)

    /// Files up to here are kept in memory, others on the disk.
    public static let largestInMemory = 16 << 10
    /// The most that a body may have which is no form.
    public static let plainLimit = 8 << 20
    /// The most that one may have that the keeper reads as JSON: what it makes of it is far larger.
    public static let jsonLimit = 4 << 10
    /// How much larger, at most.
    private static let jsonGrowth = 64

    /// - Parameter head: bytes of the frame that begins it.
    public init(head: Int, _ body: LinkedRequest.Body) {
        self.init(memory: 2 * head)
        switch body {
        case .none: break
        case .bytes(let size): memory = Self.sum(memory, size)
        case .json(let size): memory = Self.sum(memory, size > Self.jsonLimit ? size : Self.jsonGrowth * size)
        case .form(let parts):
            for case .file(_, _, let size) in parts.lazy.map(\.content) {
                if size <= Self.largestInMemory { memory += size } else { disk = Self.sum(disk, size) }
            }
        }
    }

    /// Sizes are told by whoever sends them: what overflows is too much.
    private static func sum(_ left: Int, _ right: Int) -> Int {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }

    public static func + (left: LinkLoad, right: LinkLoad) -> LinkLoad {
        LinkLoad(
            places: sum(left.places, right.places), memory: sum(left.memory, right.memory),
            disk: sum(left.disk, right.disk))
    }

    public static func - (left: LinkLoad, right: LinkLoad) -> LinkLoad {
        LinkLoad(
            places: left.places - right.places, memory: left.memory - right.memory, disk: left.disk - right.disk)
    }

    public func fits(in room: LinkLoad) -> Bool {
        places <= room.places && memory <= room.memory && disk <= room.disk
    }
}
