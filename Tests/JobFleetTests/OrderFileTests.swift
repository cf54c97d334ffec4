import DecartAPI
import DecartClient
import JobJournal
import JournaledClient
import Testing

@testable import JobFleet

/// Files of orders.
struct OrderFileTests {
    private static func read(
        _ text: String, _ format: OrderFile.Format = .csv, defaults: [String: OrderFields.Value] = [:]
    ) throws(OrderFile.Faults) -> [OrderFile.Entry] {
        try OrderFile(Array(text.utf8), format, defaults: OrderFields(defaults)).entries
    }

    private static func faults(_ text: String, _ format: OrderFile.Format = .csv) -> [OrderFile.Faults.Fault] {
        do throws(OrderFile.Faults) {
            _ = try read(text, format)
            return []
        } catch {
            return error.all
        }
    }

    private static func text(_ value: String) -> InputValue { .bytes(Array(value.utf8)) }

    @Test func `a line of CSV is an order, by the names of the header`() throws {
        let entries = try Self.read(
            """
            model,prompt,key,label,priority,maxCost,maxSeconds,seed
            lucy-pro-t2v,"A tram, in the rain",shot-1,teaser,5,0.50,4,42

            lucy-pro-t2v,"two
            lines",,,,,,
            """)
        let first = try #require(entries.first)
        #expect(first.line == 2)
        #expect(first.order.submission.model.name == "lucy-pro-t2v")
        #expect(first.order.submission.inputs == ["prompt": Self.text("A tram, in the rain"), "seed": .integer(42)])
        #expect(first.order.terms.key == "shot-1")
        #expect(first.order.terms.label == "teaser")
        #expect(first.order.terms.maxCost == Money(micros: 500_000))
        #expect(first.order.terms.maxSeconds == 4)
        #expect(first.order.priority == 5)
        let second = try #require(entries.last)
        #expect(second.line == 4)
        #expect(second.order.submission.inputs == ["prompt": Self.text("two\nlines")])
        #expect(second.order.terms.key == nil)
    }

    @Test func `a line of JSON is an order, and null is not given`() throws {
        let entries = try Self.read(
            """
            {"model": "lucy-motion", "data": "a.png", "trajectory": [{"frame": 0, "x": 1, "y": 2}], "key": null}

            {"model": "lucy-pro-t2v", "prompt": "x", "pinSeed": true}
            """, .jsonLines)
        #expect(entries.map(\.line) == [1, 3])
        #expect(
            entries[0].order.submission.inputs == [
                "data": Self.text("a.png"),
                "trajectory": .json(.array([["frame": 0, "x": 1, "y": 2]])),
            ])
        #expect(entries[0].order.terms.key == nil)
        #expect(entries[1].order.terms.pinsSeed)
    }

    @Test func `what a line does not say comes from the command line`() throws {
        let entries = try Self.read(
            "prompt,label\na,\nb,own\n", defaults: ["model": .text(Array("lucy-pro-t2v".utf8)), "label": .text([0x6C])])
        #expect(entries.map(\.order.submission.model.name) == ["lucy-pro-t2v", "lucy-pro-t2v"])
        #expect(entries.map(\.order.terms.label) == ["l", "own"])
    }

    @Test func `all that is wrong is told, with its line`() {
        let faults = Self.faults(
            """
            model,prompt,key,priority,maxCost,payTwice
            lucy-pro-t2v,a,k,,,
            lucy-pro-t3v,b,,,,
            ,c,,,,
            lucy-pro-t2v,d,k,,,
            lucy-pro-t2v,e,,high,,
            lucy-pro-t2v,f,,1.5,,
            lucy-pro-t2v,g,,,-1,
            lucy-pro-t2v,h,,,,true
            """)
        #expect(faults.map(\.line) == [3, 4, 5, 6, 7, 8, 9])
        let messages = faults.map(\.message)
        let parts = [
            "\"lucy-pro-t2v\"", "No model", "line 2 too", "priority must be a number, not \"high\"",
            "priority must be a whole number", "maxCost must be dollars", "payTwice means nothing",
        ]
        for (message, part) in zip(messages, parts) { #expect(message.contains(part), "\(message)") }
    }

    @Test(arguments: [
        ("model,prompt\nlucy-pro-t2v,\"a\n", OrderFile.Format.csv, 2, "not CSV"),
        ("model,model\n", .csv, 1, "two columns"),
        ("{\"model\": \"lucy-pro-t2v\"}\n{", .jsonLines, 2, "not JSON"),
        ("[1]", .jsonLines, 1, "no JSON object"),
        ("{\"model\": 1}", .jsonLines, 1, "model must be a string"),
    ])
    func `a file that cannot be read is told with its line`(
        text: String, format: OrderFile.Format, line: Int, part: String
    ) throws {
        let fault = try #require(Self.faults(text, format).first)
        #expect(fault.line == line)
        #expect(fault.message.contains(part))
    }

    @Test(arguments: [
        ("a.csv", true), ("a.CSV", true), ("a.jsonl", true), ("a.ndjson", true), ("a.txt", false), ("a", false),
    ])
    func `the end of its name says what a file is`(name: String, isKnown: Bool) {
        #expect((OrderFile.Format(fileNamed: name) != nil) == isKnown)
    }
}
