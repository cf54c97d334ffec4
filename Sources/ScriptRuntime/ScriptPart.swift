/// A piece of what scripts see that is made when a script first needs it: then its Lua is compiled, and the rows of its
/// functions come into being. Until then there are only the names of its functions, so a program starts fast however
/// much it offers.
public struct ScriptPart {
    let name: String
    let source: (() -> [UInt8])?
    let functions: [(path: String, names: [String])]
    let provides: [String]
    let primitives: () -> [ModuleFunction]
    let groups: () -> [ScriptGroup]

    /// - Parameters:
    ///   - name: of the part, unique in a run.
    ///   - source: Lua that makes the functions by `core.namespace`. It receives what `ScriptRuntime.loadModule` says.
    ///     nil: all of the functions are Swift.
    ///   - functions: the names of the functions that scripts find in a table, by its path, such as "decart.policy".
    ///   - provides: the fields of the core that the Lua sets, for that of other parts.
    ///   - primitives: what only the part's own Lua calls.
    ///   - groups: the rows.
    public init(
        _ name: String, source: (() -> [UInt8])? = nil, functions: [(path: String, names: [String])] = [],
        provides: [String] = [], primitives: @escaping () -> [ModuleFunction] = { [] },
        groups: @escaping () -> [ScriptGroup]
    ) {
        self.name = name
        self.source = source
        self.functions = functions
        self.provides = provides
        self.primitives = primitives
        self.groups = groups
    }
}

/// Rows that are made when they are first needed.
final class RowSource {
    /// nil: not made yet.
    private(set) var made: [ScriptGroup]?
    private let make: () -> [ScriptGroup]

    init(_ make: @escaping () -> [ScriptGroup]) {
        self.make = make
    }

    init(made groups: [ScriptGroup]) {
        made = groups
        make = { groups }
    }

    var groups: [ScriptGroup] {
        if let made { return made }
        let groups = make()
        made = groups
        return groups
    }
}
