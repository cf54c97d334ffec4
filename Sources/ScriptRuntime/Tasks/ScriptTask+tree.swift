// A task's place among those that have spawned it and that it has spawned. Cancelling passes down from owner to child.
extension ScriptTask {
    func adopt(_ child: ScriptTask) {
        child.owner = self
        children[child.id] = child
    }

    var childrenByAge: [ScriptTask] { children.values.sorted { $0.id < $1.id } }

    /// Takes an ended task out of the tree. What it has spawned belongs to its owner from then on, or to nobody.
    func leaveTree() {
        owner?.children[id] = nil
        for child in children.values {
            child.owner = nil
            owner?.adopt(child)
        }
        children = [:]
    }
}
