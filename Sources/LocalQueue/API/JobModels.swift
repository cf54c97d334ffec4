import DecartAPI

/// The models that take jobs: video and image. Realtime models are streamed and have none.
enum JobModels {
    /// The model of that name, or nil.
    static func find(_ name: String) -> ModelDefinition? {
        (try? ModelCatalog.find(name: name, kind: .video)) ?? (try? ModelCatalog.find(name: name, kind: .image))
    }
}
