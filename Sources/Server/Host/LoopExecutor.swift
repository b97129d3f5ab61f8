package import NIOCore

/// Runs tasks on an event loop, so that a request is read, served and answered on one thread.
///
/// Waking another thread costs more than most requests do: on a small virtual machine a tenth of a
/// millisecond and more.
package final class LoopExecutor: TaskExecutor {
    package let loop: any EventLoop

    package init(_ loop: any EventLoop) { self.loop = loop }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
