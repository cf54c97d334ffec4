import Foundation

/// A file of a test's own, in a folder of its own, gone with it.
final class ScratchFile: Sendable {
    let folder: String
    let path: String

    init(_ name: String, _ text: String) throws {
        folder = NSTemporaryDirectory() + "decart-lua-page-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        path = folder + "/" + name
        try write(text)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func write(_ text: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: path)) }

    func remove() throws { try FileManager.default.removeItem(atPath: path) }
}
