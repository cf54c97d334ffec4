import Testing

@testable import ScriptReference

struct ScriptReferenceTests {
    private static let poll = FunctionDescription(
        "poll",
        [
            ParameterDescription("id", .string, "Which."),
            ParameterDescription(
                "options",
                .options([OptionDescription("timeout", .milliseconds, unlessGiven: "none", "For all of it.")]),
                isOptional: true),
        ], [ResultDescription(.named("Job"), isOptional: true)], "Waits.", details: "Long.", waits: true)

    private static var reference: ScriptReference {
        var reference = ScriptReference()
        reference.add(GroupDescription("", type: "", "Timers.", functions: [later]))
        reference.add(GroupDescription("client.queue", type: "Queue", "Jobs.", functions: [poll]))
        reference.add(
            GroupDescription(
                "blob", isObject: true, type: "Blob", "Bytes.",
                fields: [FieldDescription("size", .integer(unit: .bytes), "How many.")],
                functions: [
                    FunctionDescription("save", [ParameterDescription("path", .string)], [], "Saves.", waits: true)
                ]))
        reference.add(RecordDescription("Job", "A job.", fields: [FieldDescription("job_id", .string, "Its id.")]))
        return reference
    }

    private static let later = FunctionDescription(
        "setTimeout",
        [
            ParameterDescription("fn", .function), ParameterDescription("ms", .number, isOptional: true),
            .rest("Passed on."),
        ],
        [ResultDescription(.integer)], "Later.", waits: false)

    @Test(arguments: [
        ("client.queue.poll", "client.queue.poll(id [, options]) → Job or nil"), ("queue.poll", "client.queue.poll"),
        ("poll", "client.queue.poll"), ("blob:save", "blob:save(path)"), ("blob.save", "blob:save(path)"),
        ("save", "blob:save(path)"), ("setTimeout", "setTimeout(fn [, ms], ...) → integer"), ("Job", "Job: A job."),
        ("Blob", "blob: Bytes."), ("client.queue", "client.queue: Jobs."), ("queue", "client.queue: Jobs."),
        ("blob.size", "blob.size: bytes"),
    ])
    func `a name is found whole, or by its end`(name: String, start: String) throws {
        let text = try #require(HelpText(Self.reference).text(for: name))
        #expect(text.hasPrefix(start), "\(text)")
    }

    @Test func `a name that is not there is answered with those like it`() {
        let help = HelpText(Self.reference)
        #expect(help.text(for: "queue.pol") == nil)
        #expect(help.complaint(about: "queue.pol").contains("client.queue.poll"))
        #expect(help.complaint(about: "zzzzzzzzzzzz").contains("help without a name"))
        #expect(help.text(for: "") == nil)
    }

    @Test func `a group that is added again grows`() {
        var reference = Self.reference
        reference.add(GroupDescription("client.queue", type: "Queue", "", functions: [Self.later]))
        #expect(reference.groups.count == 3)
        #expect(reference.groups[1].functions.map(\.name) == ["poll", "setTimeout"])
    }

    @Test func `help tells options, defaults and waiting, in lines that fit a terminal`() throws {
        let text = try #require(HelpText(Self.reference).text(for: "poll"))
        for part in ["The calling task waits", "timeout  ms. For all of it. Unless given: none.", "Long."] {
            #expect(text.contains(part), "\(text)")
        }
        #expect(HelpText(Self.reference).overview.split(separator: "\n").allSatisfy { $0.count <= 100 })
    }

    @Test func `types are annotations and stubs`() {
        let text = LuaTypes(Self.reference).text
        for line in [
            "---@class decart.Queue.poll.Options", "---@field timeout? number For all of it. Unless given: none.",
            "---@param options? decart.Queue.poll.Options", "---@return decart.Job?",
            "function Queue.poll(id, options) end",
            "function Blob:save(path) end", "function setTimeout(fn, ms, ...) end", "---@field size integer How many.",
        ] {
            #expect(text.contains(line + "\n"), "\(line)")
        }
    }

    @Test(arguments: [
        (ScriptType.milliseconds, "a number of milliseconds from 0 up"),
        (.integer(atLeast: 1, atMost: 9), "a whole number from 1 to 9"),
        (.choice(["a", "b", "c"]), "one of a, b and c"), (.either([.string, .no]), "a string or false"),
        (.signal, "the signal of an abortController"), (.number(atMost: 0.5), "a number up to 0.5"),
    ])
    func `a type says what a value must be`(type: ScriptType, phrase: String) {
        #expect(type.phrase == phrase)
    }

    @Test func `a field named as a word of Lua's is in brackets, and a page escapes bars`() {
        var reference = ScriptReference()
        reference.add(
            RecordDescription(
                "R", "One.", fields: [FieldDescription("end", .choice(["x", "y"]), isOptional: true, "Last.")]))
        #expect(LuaTypes(reference).text.contains("---@field [\"end\"]? \"x\"|\"y\" Last.\n"))
        #expect(ReferencePage(reference).text.contains(#"| `end` | "x" \| "y" or nil | Last. |"#))
    }
}
