namespace Quorate.Cryptography.Tests;

static class Allocations
{
    /// <summary>Asserts that an action, once warm, allocates nothing on this thread.</summary>
    internal static void AssertNone(Action action)
    {
        // Tables, tiering and the framework's own caches come first.
        for (var i = 0; i < 3; i++)
            action();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10; i++)
            action();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
