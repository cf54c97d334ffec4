import LuaVM
import ScriptReference
import Testing

@testable import ScriptRuntime

struct GivenOptionsTests {
    private static let known = [
        OptionDescription("timeout", .milliseconds, "For all of it."),
        OptionDescription("jitter", .choice(["none", "full"]), "Of what kind."),
        OptionDescription("file", .either([.string, .no]), "Where."),
        OptionDescription("apiKey", .string, "The key."), OptionDescription("times", .integer, "How often."),
        OptionDescription("fn", .function, "Called."),
        OptionDescription("list", .list(.integer(atLeast: 0)), "Some."),
    ]

    private func complaint(_ value: LuaValue) -> String? {
        do throws(LuaError) {
            _ = try GivenOptions(value, of: "call", known: Self.known)
            return nil
        } catch {
            return error.message
        }
    }

    private func complaint(_ name: String, _ value: LuaValue) -> String? {
        complaint(.table(LuaTable(fields: [(name, value)])))
    }

    @Test func `nothing, and a table of what is known, are taken`() throws {
        #expect(complaint(.nil) == nil)
        let options = try GivenOptions(
            .table(
                LuaTable(fields: [
                    ("timeout", .integer(5)), ("jitter", .text("full")), ("file", .boolean(false)),
                    ("fn", .opaque(.function)),
                    ("list", .table(LuaTable(sequence: [.integer(1), .number(2)]))),
                ])), of: "call", known: Self.known)
        #expect(options.number("timeout") == 5)
        #expect(options.text("jitter") == "full")
        #expect(options.text("apiKey") == nil)
    }

    @Test func `an unknown name is named, with the one that was probably meant and all there are`() {
        let message = complaint("timeot", .integer(5))
        #expect(
            message?.hasPrefix("INVALID_OPTIONS: call knows no option \"timeot\". Did you mean timeout? It takes ")
                == true)
        #expect(complaint(.table(LuaTable(sequence: [.integer(1)])))?.contains("by name") == true)
        #expect(complaint(.text("x"))?.contains("takes a table of options, not a string") == true)
    }

    @Test(arguments: [
        ("timeout", LuaValue.number(.nan), "timeout of call must be a number of milliseconds from 0 up, not nan."),
        ("timeout", .number(.infinity), "not inf."), ("times", .number(.infinity), "must be a whole number, not inf."),
        ("times", .number(1.5), "must be a whole number, not 1.5."), ("times", .number(1e300), "not 1e+300."),
        ("timeout", .integer(-1), "not -1."),
        ("timeout", .text("5"), "not a string."), ("jitter", .text("x"), #"must be one of none and full, not "x"."#),
        ("file", .boolean(true), "file of call must be a string or false, not a boolean."),
        ("fn", .opaque(.table), "must be a function, not a table."),
        ("list", .table(LuaTable(sequence: [.integer(-1)])), "must be a list, not a table."),
    ])
    func `a value of another type is shown where it can be no secret`(name: String, value: LuaValue, end: String) {
        let message = complaint(name, value)
        #expect(message?.hasSuffix(end) == true, "\(message ?? "")")
    }

    @Test func `what stands where the key belongs is never shown`() {
        let message = complaint("apiKey", .table(LuaTable(fields: [("secret", .text("dct_123"))])))
        #expect(message?.contains("must be a string, not a table") == true)
        #expect(message?.contains("dct_") == false)
    }
}
