import Foundation
import TestSupport

/// A page of the project's documentation, in Markdown.
struct Documentation: Sendable {
    /// From the repository's root, such as "scripts/docs/waiting.md".
    let path: String
    let text: String

    init(_ path: String) throws {
        self.path = path
        text = try String(contentsOfFile: Repository.root + "/" + path, encoding: .utf8)
    }

    static let all: [String] = {
        let folders = ["scripts/docs", ".github"]
        let pages = folders.flatMap { folder in
            let names = (try? FileManager.default.contentsOfDirectory(atPath: Repository.root + "/" + folder)) ?? []
            return names.filter { $0.hasSuffix(".md") }.sorted().map { "\(folder)/\($0)" }
        }
        return ["README.md"] + pages
    }()

    /// What stands between fences of that language.
    func blocks(_ language: String) -> [String] {
        text.components(separatedBy: "```\(language)\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
    }

    /// The text without its blocks of code.
    var prose: String {
        let parts = text.components(separatedBy: "```")
        return stride(from: 0, to: parts.count, by: 2).map { parts[$0] }.joined()
    }

    /// Where its links lead, but for those to the web.
    var links: [String] {
        prose.matches(of: /\]\(([^)\s]+)\)/).map { String($0.1) }.filter { !$0.hasPrefix("https://") }
    }

    /// Its headings as links name them.
    var anchors: Set<String> {
        let titles = prose.split(separator: "\n").filter { $0.hasPrefix("#") }
        return Set(titles.map { Self.anchor(String($0.drop { $0 == "#" || $0 == " " })) })
    }

    /// "The local queue's `--seed`" is "the-local-queues---seed".
    private static func anchor(_ title: String) -> String {
        String(
            title.lowercased().filter { $0.isLetter || $0.isNumber || "-_ ".contains($0) }.map { $0 == " " ? "-" : $0 })
    }
}
