import Foundation

/// Which files hold the tests.
public enum TestFiles {
    public struct Problem: Error, Hashable, Sendable {
        public var message: String
    }

    /// The suffix that makes a file one of tests when a folder is searched.
    static let suffix = "_test.lua"

    /// The files named, and those below the folders named, of the present folder if nothing is; in order, each once.
    /// Folders whose names begin with a dot are left out.
    /// - Throws: for a path where there is nothing, and where no test is found.
    public static func find(_ paths: [String]) throws(Problem) -> [String] {
        var found: [String] = []
        for path in paths.isEmpty ? ["."] : paths {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                throw Problem(message: "there is no file or folder '\(path)'")
            }
            found += isFolder.boolValue ? below(path) : [path]
        }
        guard !found.isEmpty else {
            let place = paths.isEmpty ? "the present folder" : paths.map { "'\($0)'" }.joined(separator: ", ")
            throw Problem(message: "there is no test below \(place): tests are in files whose names end in \(suffix)")
        }
        var seen: Set<String> = []
        return found.filter { seen.insert($0).inserted }
    }

    private static func below(_ folder: String) -> [String] {
        guard
            let files = FileManager.default.enumerator(
                at: URL(fileURLWithPath: folder, isDirectory: true), includingPropertiesForKeys: nil,
                options: [.skipsHiddenFiles, .skipsPackageDescendants])
        else { return [] }
        let root = URL(fileURLWithPath: folder, isDirectory: true).standardizedFileURL.path
        let prefix = folder == "." ? "" : folder.hasSuffix("/") ? folder : folder + "/"
        return files.compactMap { file -> String? in
            guard let path = (file as? URL)?.standardizedFileURL.path, path.hasSuffix(suffix) else { return nil }
            return prefix + path.dropFirst(root == "/" ? 1 : root.count + 1)
        }.sorted()
    }
}
