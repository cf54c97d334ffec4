import LiveDocument
import RunClock
import Testing

@testable import TerminalUI

/// No tag and no property is passed over in silence: the live region, plain lines and JSON lines each have something to
/// show for all that `LiveDocument` defines.
struct ElementCoverageTests {
    private static let cases = ElementTag.allCases.flatMap { tag in
        ElementProperty.allCases.filter { $0.tags.contains(tag) }.map { (tag, $0) }
    }

    /// An element of that tag with something to show, inside what it belongs in.
    private static func document(
        with tag: ElementTag, _ properties: [ElementProperty: PropertyValue]
    ) -> LiveDocument {
        var document = LiveDocument()
        let element = document.createElement(tag)
        var inner = element
        // Rows and tables show what is in them.
        if tag == .table { inner = child(.tr, of: inner, in: &document) }
        if tag == .table || tag == .tr { inner = child(.td, of: inner, in: &document) }
        if inner != element { document.set(.textContent, of: inner, to: .text("inside")) }
        var outer = element
        for parent in tag == .td ? [ElementTag.tr, .table] : tag == .tr ? [.table] : [] {
            let id = document.createElement(parent)
            document.append(outer, to: id)
            outer = id
        }
        document.append(outer, to: .body)
        for (property, value) in properties { document.set(property, of: element, to: value) }
        return document
    }

    private static func child(_ tag: ElementTag, of parent: ElementID, in document: inout LiveDocument) -> ElementID {
        let id = document.createElement(tag)
        document.append(id, to: parent)
        return id
    }

    private static func example(_ property: ElementProperty) -> PropertyValue {
        switch property.definition.type {
        case .text, .word: .text("example")
        case .number, .numberOrText: .number(7)
        case .flag, .event: .flag(true)
        case .media: .media(.path("example.mp4"))
        }
    }

    /// What it needs beside the property, to have something on which that can be seen.
    private static func rest(_ tag: ElementTag, beside property: ElementProperty) -> [ElementProperty: PropertyValue] {
        var rest: [ElementProperty: PropertyValue] = [:]
        if property == .max { rest[.value] = .number(3) }
        if property == .hidden || property == .disabled {
            rest[tag.role == .media ? .src : .textContent] =
                tag.role == .media ? .media(.path("a.png")) : .text("seen")
        }
        if tag.role == .media, property == .textContent { rest[.src] = .media(.path("a.png")) }
        return tag.role == .table || tag.role == .row ? [:] : rest
    }

    @Test(arguments: cases)
    func `the region shows each property of each tag`(tag: ElementTag, property: ElementProperty) {
        let rest = Self.rest(tag, beside: property)
        var rows: [[RegionRow]] = []
        for properties in [rest, rest.merging([property: Self.example(property)]) { $1 }] {
            let document = Self.document(with: tag, properties)
            rows.append(RegionRow.rows(of: document, Stopwatches(), now: .start))
        }
        // Nobody can press anything in a terminal, and a style sheet is for the page.
        let isForPage = property.event != nil || property.definition.isStyle
        #expect((rows[0] != rows[1]) == !isForPage, "\(rows)")
    }

    @Test(arguments: cases)
    func `lines say each property of each tag`(tag: ElementTag, property: ElementProperty) {
        let value = Self.example(property)
        var document = Self.document(with: tag, [property: value])
        let isEvent = property.event != nil
        let plain = PlainLines.state(of: document)
        let ownLines = plain.filter { $0 != "td #2: inside" && $0 != "inside" }
        var lines = JSONLines()
        let json = lines.lines(for: &document, unixTime: 0).filter { $0.contains("\"tag\":\"\(tag.rawValue)\"") }
        #expect(json.contains { $0.contains("\"\(property.name)\":") } == !isEvent, "\(json)")
        // What is hidden has no line at the end.
        #expect(ownLines.isEmpty == (isEvent || property == .hidden), "\(plain)")
    }
}
