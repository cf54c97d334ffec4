import LiveDocument
import Testing

/// What is said of tags and properties, for renderers and for the reference.
struct ElementDefinitionTests {
    @Test(arguments: ElementTag.allCases)
    func `a tag says what it is in a sentence`(tag: ElementTag) {
        let summary = tag.definition.summary
        #expect(summary.hasSuffix(".") && summary.first?.isUppercase == true)
    }

    @Test func `every role is some tag's`() {
        #expect(Set(ElementTag.allCases.map(\.role)) == Set(ElementRole.allCases))
    }

    @Test(arguments: ElementProperty.allCases)
    func `a property has a name of its own, a summary and tags that it is for`(property: ElementProperty) {
        let definition = property.definition
        #expect(ElementProperty.allCases.filter { $0.name == definition.name } == [property])
        #expect(definition.summary.hasSuffix("."))
        #expect(!property.tags.isEmpty)
        #expect(property.tags.allSatisfy { definition.roles.contains($0.role) })
    }

    @Test(arguments: DocumentEvent.Kind.allCases)
    func `every event has one property, named after it`(kind: DocumentEvent.Kind) {
        #expect(ElementProperty.allCases.filter { $0.event == kind } == [kind.property])
        #expect(kind.property.name == "on\(kind.rawValue)")
    }

    @Test func `what a property is until it is set is what the document takes it for`() {
        var document = LiveDocument()
        let bar = document.element(named: "bar")
        document.set(.value, of: bar, to: .number(50))
        #expect(ElementProperty.max.definition.defaultValue == .number(document.maximum(of: bar)))
        #expect(document.fraction(of: bar) == 0.5)
    }
}
