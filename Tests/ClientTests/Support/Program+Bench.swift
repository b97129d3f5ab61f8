import Client
import Spawning

extension Program {
    /// At a backend, with the password of `ClientBench`.
    init(_ bench: ClientBench, backend: BackendAddress) {
        self.init(folder: bench.folder)
        environment["DSIM_BACKEND"] = backend.text
        environment["DSIM_PASSWORD"] = "correct horse"
    }
}
