/// An argument of a function.
public struct ParameterDescription: Hashable, Sendable {
    public var name: String
    public var type: ScriptType
    /// Whether it may be left out.
    public var isOptional: Bool
    public var summary: String

    public init(_ name: String, _ type: ScriptType, isOptional: Bool = false, _ summary: String = "") {
        self.name = name
        self.type = type
        self.isOptional = isOptional
        self.summary = summary
    }

    /// Whatever further arguments there are.
    public static func rest(_ summary: String) -> ParameterDescription {
        ParameterDescription("...", .any, isOptional: true, summary)
    }
}

/// A value that a function returns.
public struct ResultDescription: Hashable, Sendable {
    public var type: ScriptType
    /// Whether it may be nil.
    public var isOptional: Bool
    public var summary: String

    public init(_ type: ScriptType, isOptional: Bool = false, _ summary: String = "") {
        self.type = type
        self.isOptional = isOptional
        self.summary = summary
    }
}

/// A named field of a table of options.
public struct OptionDescription: Hashable, Sendable {
    public var name: String
    public var type: ScriptType
    /// What holds unless it is given, as the reference says it; nil: nothing, or it says so itself.
    public var standard: String?
    public var summary: String

    public init(_ name: String, _ type: ScriptType, unlessGiven standard: String? = nil, _ summary: String) {
        self.name = name
        self.type = type
        self.standard = standard
        self.summary = summary
    }
}

/// A field of an object or of a table that scripts are given.
public struct FieldDescription: Hashable, Sendable {
    public var name: String
    public var type: ScriptType
    public var isOptional: Bool
    public var summary: String

    public init(_ name: String, _ type: ScriptType, isOptional: Bool = false, _ summary: String) {
        self.name = name
        self.type = type
        self.isOptional = isOptional
        self.summary = summary
    }
}

/// A function that scripts can call.
public struct FunctionDescription: Hashable, Sendable {
    public var name: String
    public var parameters: [ParameterDescription]
    public var results: [ResultDescription]
    /// What it does, in one sentence.
    public var summary: String
    /// What else is to be known; empty where that is all.
    public var details: String
    /// Whether the task that calls it waits meanwhile, and others go on.
    public var waits: Bool

    public init(
        _ name: String, _ parameters: [ParameterDescription], _ results: [ResultDescription], _ summary: String,
        details: String = "", waits: Bool
    ) {
        self.name = name
        self.parameters = parameters
        self.results = results
        self.summary = summary
        self.details = details
        self.waits = waits
    }
}

/// Functions that are found in one place: a namespace such as `client.queue`, or the methods of a kind of object.
public struct GroupDescription: Hashable, Sendable {
    /// What stands before a function's name: "decart", "client.queue", "blob"; empty for globals.
    public var path: String
    /// Whether the functions are methods, called with a colon.
    public var isObject: Bool
    /// The name of the type that has them, such as "Queue"; empty for globals.
    public var typeName: String
    public var summary: String
    public var fields: [FieldDescription]
    public var functions: [FunctionDescription]
    /// The module that `require` finds it in.
    public var module: String

    public init(
        _ path: String, isObject: Bool = false, type typeName: String, _ summary: String,
        fields: [FieldDescription] = [], functions: [FunctionDescription] = [], module: String = "decart"
    ) {
        self.path = path
        self.isObject = isObject
        self.typeName = typeName
        self.summary = summary
        self.fields = fields
        self.functions = functions
        self.module = module
    }

    /// What stands between the path and a function's name.
    var separator: String { path.isEmpty ? "" : isObject ? ":" : "." }
}

/// A table that scripts are given, whose fields are known.
public struct RecordDescription: Hashable, Sendable {
    public var name: String
    public var summary: String
    public var fields: [FieldDescription]

    public init(_ name: String, _ summary: String, fields: [FieldDescription]) {
        self.name = name
        self.summary = summary
        self.fields = fields
    }
}
