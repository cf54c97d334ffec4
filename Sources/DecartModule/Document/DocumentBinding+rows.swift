internal import LiveDocument
internal import ScriptReference
internal import ScriptRuntime

// `document.lua` has the bodies.
extension DocumentBinding {
    static let eventRecord = RecordDescription(
        "Event", "What somebody did to an element.",
        fields: [
            FieldDescription("type", .choice(["click", "input"]), "What."),
            FieldDescription("target", .named("Element"), "To which element."),
            FieldDescription("value", .string, isOptional: true, "What an input holds now."),
        ])

    static var documentGroup: ScriptGroup {
        ScriptGroup(
            GroupDescription(
                "document", type: "Document",
                "The script's UI, a global: drawn in the terminal, as lines or as a page.",
                fields: [
                    FieldDescription("body", .named("Element"), "What everything that shows hangs from."),
                    FieldDescription("title", .string, "The page's title; it can be set."),
                ]),
            [
                .inLua(
                    "getElementById", "The element with that id; without a page of one's own it is made on first use.",
                    [ParameterDescription("id", .string, "The element's id.")],
                    gives: [ResultDescription(.named("Element"))],
                    details:
                        "Such an element takes its shape from what is set on it: a bar from `value`, a picture or video "
                        + "from `src`, a line of text from `textContent`."),
                .inLua(
                    "createElement", "A new element, to be appended to another.",
                    [ParameterDescription("tag", .choice(ElementTag.allCases.map(\.rawValue)), "What it is.")],
                    gives: [ResultDescription(.named("Element"))]),
            ])
    }

    static var elementGroup: ScriptGroup {
        ScriptGroup(
            GroupDescription(
                "element", isObject: true, type: "Element", "An element of the document.",
                fields: [FieldDescription("id", .string, isOptional: true, "The id that it was asked for by.")]),
            [
                .inLua(
                    "append", "Makes an element the last child of this one.",
                    [ParameterDescription("child", .named("Element"), "Taken from where it was.")]),
                .inLua("remove", "Takes the element, with all that is in it, out of the document."),
            ], fields: { ElementProperty.allCases.map(\.field) })
    }
}

extension ElementProperty {
    fileprivate var field: FieldDescription {
        FieldDescription(name, definition.type.scriptType, isOptional: true, definition.summary)
    }
}

extension ElementProperty.ValueType {
    fileprivate var scriptType: ScriptType {
        switch self {
        case .text, .word: .string
        case .number(let isPositive): isPositive ? .number(atLeast: 0) : .number
        case .numberOrText: .either([.number, .string])
        case .flag: .boolean
        case .media: SubmissionInputs.fileType
        case .event: .function([ParameterDescription("event", .named("Event"))])
        }
    }
}
