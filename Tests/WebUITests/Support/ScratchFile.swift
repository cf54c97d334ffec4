import TestSupport

/// A file of a test's own, gone with this object.
struct ScratchFile: Sendable {
    let path: String
    var folder: String { scratch.path }
    private let name: String
    private let scratch: ScratchFolder

    init(_ name: String, _ text: String) throws {
        self.name = name
        scratch = try ScratchFolder()
        path = try scratch.write(name, text)
    }

    func write(_ text: String) throws { try scratch.write(name, text) }

    func remove() throws { try scratch.remove(name) }
}
