import LiveDocument
import Testing

@testable import WebUI

/// The page's scripts know tags and properties from their definitions alone.
struct PageVocabularyTests {
    @Test func `every tag and every property is in the page's vocabulary`() {
        #expect(Set(PageVocabulary.roles.keys) == Set(ElementTag.allCases.map(\.rawValue)))
        #expect(Set(PageVocabulary.properties.keys) == Set(ElementProperty.allCases.map(\.name)))
        #expect(PageVocabulary.properties["max"]?.fallback == 100)
        #expect(PageVocabulary.properties["oninput"]?.event == "input")
    }

    @Test func `the page has a way to write each type of property`() {
        let script = String(decoding: PageAsset.nodes.bytes, as: UTF8.self)
        for type in Set(PageVocabulary.properties.values.map(\.type)) {
            #expect(script.contains("\n  \(type)("), "nothing writes a \(type)")
        }
    }

    @Test func `it is a module with two tables, each on a line`() throws {
        let lines = String(decoding: PageVocabulary.script, as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[1].hasPrefix("export const roles = {") && lines[1].hasSuffix("}"))
        #expect(lines[2].hasPrefix("export const properties = {") && lines[2].hasSuffix("}"))
    }
}
