internal import Foundation

/// The package's folder, and what was built from it.
package enum Repository {
    package static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// The path of one of its files.
    package static func file(_ name: String) -> String { "\(root)/\(name)" }

    struct NotBuilt: Error, CustomStringConvertible {
        var paths: [String]
        var description: String {
            "decart-lua is not at \(paths.joined(separator: " nor at ")); build it with `swift build` and test again."
        }
    }

    /// Where `decart-lua` is: beside the test bundle, or where that is not known, in the package's debug folder.
    package static func program() throws -> String {
        let beside = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent("decart-lua").path
        let paths = [beside, root + "/.build/debug/decart-lua"]
        guard let path = paths.first(where: FileManager.default.isExecutableFile) else { throw NotBuilt(paths: paths) }
        return path
    }
}
