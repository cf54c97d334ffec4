internal import PlainErrors

/// Everything that scripts see, as data. Help, the types that editors read and the reference are rendered from it.
public struct ScriptReference: Sendable {
    public private(set) var groups: [GroupDescription] = []
    public private(set) var records: [RecordDescription] = []

    public init() {}

    /// Adds a group, or to the group of that path.
    public mutating func add(_ group: GroupDescription) {
        if let index = groups.firstIndex(where: { $0.path == group.path && $0.module == group.module }) {
            groups[index].fields += group.fields
            groups[index].functions += group.functions
        } else {
            groups.append(group)
        }
    }

    public mutating func add(_ record: RecordDescription) {
        records.append(record)
    }

    /// Something that has a name of its own in the reference.
    public enum Entry: Sendable {
        case group(GroupDescription)
        case function(FunctionDescription, in: GroupDescription)
        case field(FieldDescription, in: GroupDescription)
        case record(RecordDescription)
    }

    /// What goes by that name: whole ("client.queue.status", "blob:save", "Job"), without its beginning
    /// ("queue.status"), or a function's last name alone where only one has it.
    public func entries(named name: String) -> [Entry] {
        let wanted = Self.folded(name)
        if let record = records.first(where: { $0.name == name }) { return [.record(record)] }
        if let group = groups.first(where: { Self.folded($0.path) == wanted || (!name.isEmpty && $0.typeName == name) }
        ),
            !wanted.isEmpty
        {
            return [.group(group)]
        }
        let all = allNames
        let exact = all.filter { $0.name == wanted }
        if !exact.isEmpty { return exact.map(\.entry) }
        let ending = all.filter { $0.name.hasSuffix("." + wanted) }
        if !ending.isEmpty { return ending.map(\.entry) }
        return groups.filter { Self.folded($0.path).hasSuffix("." + wanted) }.map { .group($0) }
    }

    /// The names most like that one.
    public func names(like name: String) -> [String] {
        let wanted = Self.folded(name)
        let names = allNames.map(\.name) + groups.map(\.path) + records.map(\.name)
        // "queue.pol" is held against what "client.queue.poll" ends in: people leave out what goes before.
        let length = wanted.split(separator: ".").count
        let tailed = names.map { ($0, tail: $0.split(separator: ".").suffix(length).joined(separator: ".")) }
        let near = Spelling.nearest(to: wanted, among: Set(tailed.map(\.tail)).sorted(), limit: 3, onlyLikely: true)
        if !near.isEmpty { return Array(near.flatMap { tail in tailed.filter { $0.tail == tail } }.map(\.0).prefix(3)) }
        let last = wanted.split(separator: ".").last.map(String.init) ?? wanted
        let tails = allNames.filter { name in
            let tail = name.name.split(separator: ".").last.map(String.init) ?? name.name
            return !Spelling.nearest(to: last, among: [tail], limit: 1, onlyLikely: true).isEmpty
        }
        return Array(tails.map(\.name).prefix(3))
    }

    private var allNames: [(name: String, entry: Entry)] {
        groups.flatMap { group in
            group.functions.map { (Self.folded(group.spelled($0.name)), Entry.function($0, in: group)) }
                + group.fields.map { (Self.folded(group.spelled($0.name)), Entry.field($0, in: group)) }
        }
    }

    private static func folded(_ name: String) -> String {
        String(name.map { $0 == ":" ? "." : $0 })
    }
}

extension GroupDescription {
    /// A member's whole name: "client.queue.status", "blob:save".
    public func spelled(_ member: String) -> String {
        let isFunction = functions.contains { $0.name == member }
        return path + (isFunction ? separator : path.isEmpty ? "" : ".") + member
    }
}
