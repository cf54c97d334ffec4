import DecartAPI

/// What an alias such as `lucy-vton-latest` means here: the newest version of its family that the catalogue has. (The
/// service decides that for itself, and moves its aliases without notice.)
enum ModelAlias {
    private static let mark = "-latest"

    /// The name of the model that `name` means; nil if there is none of that name.
    static func target(of name: String) -> String? {
        let namesakes = ModelCatalog.list().filter { $0.name == name }
        guard let alias = namesakes.first else { return nil }
        guard alias.state == .rolling, name.hasSuffix(mark) else { return name }
        let family = name.dropLast(mark.count)
        let members = ModelCatalog.list().compactMap { model -> (model: ModelDefinition, version: [Int])? in
            guard model.state != .rolling, let version = version(of: model.name, in: family) else { return nil }
            return (model, version)
        }
        // A family whose last member is gone still has an answer: its newest one.
        let current = members.filter { $0.model.state == .current }
        let newest = (current.isEmpty ? members : current).max { $0.version.lexicographicallyPrecedes($1.version) }
        return newest?.model.name ?? name
    }

    /// `lucy-vton-3.5` in `lucy-vton` is [3, 5], the bare family []; nil for a name of another family.
    private static func version(of name: String, in family: Substring) -> [Int]? {
        if name == family { return [] }
        guard name.hasPrefix(family + "-") else { return nil }
        let numbers = name.dropFirst(family.count + 1).split(separator: ".", omittingEmptySubsequences: false)
        let version = numbers.compactMap { Int($0) }
        return version.count == numbers.count ? version : nil
    }
}
