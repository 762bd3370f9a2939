namespace Quorate.Rpc.Client;

static class UnwatchedTasks
{
    extension(Task task)
    {
        /// <summary>
        /// Lets the task fail without anybody asking why: the framework would report it as forgotten. Costs the thread pool
        /// nothing, which a plain continuation would, three times in every call.
        /// </summary>
        internal void LetFail() => _ = task.ContinueWith(
            static t => t.Exception, CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }
}
