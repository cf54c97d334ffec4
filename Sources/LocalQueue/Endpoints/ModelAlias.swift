import DecartAPI

/// What an alias such as `lucy-vton-latest` means here: the newest version of its series in the catalogue. (The
/// service decides for itself, and moves its aliases without notice.)
enum ModelAlias {
    private static let suffix = "-latest"

    /// The name of the model that `name` stands for; nil if there is no such name.
    static func target(of name: String) -> String? {
        let namesakes = ModelCatalog.list().filter { $0.name == name }
        guard let alias = namesakes.first else { return nil }
        guard alias.state == .rolling, name.hasSuffix(suffix) else { return name }
        let series = name.dropLast(suffix.count)
        let members = ModelCatalog.list().compactMap { model -> (model: ModelDefinition, version: [Int])? in
            guard model.state != .rolling, let version = version(of: model.name, in: series) else { return nil }
            return (model, version)
        }
        // A series whose every version has been retired still resolves: to the newest.
        let current = members.filter { $0.model.state == .current }
        let newest = (current.isEmpty ? members : current).max { $0.version.lexicographicallyPrecedes($1.version) }
        return newest?.model.name ?? name
    }

    /// `lucy-vton-3.5` in the series `lucy-vton` is [3, 5], the bare name is []; nil for a name of another series.
    private static func version(of name: String, in series: Substring) -> [Int]? {
        if name == series { return [] }
        guard name.hasPrefix(series + "-") else { return nil }
        let numbers = name.dropFirst(series.count + 1).split(separator: ".", omittingEmptySubsequences: false)
        let version = numbers.compactMap { Int($0) }
        return version.count == numbers.count ? version : nil
    }
}
