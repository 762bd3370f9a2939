using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Quorate.Benchmarks;

/// <summary>The processor time of this thread, which other work on the machine does not lengthen; elsewhere than on Linux, the clock.</summary>
static partial class CpuClock
{
    const int ThreadCpuTime = 3;

    /// <summary>A point in time, in milliseconds from nowhere in particular.</summary>
    internal static double Milliseconds
    {
        get
        {
            if (!OperatingSystem.IsLinux())
                return Stopwatch.GetTimestamp() * 1_000.0 / Stopwatch.Frequency;
            _ = GetTime(ThreadCpuTime, out var time);
            return time.Seconds * 1_000.0 + time.Nanoseconds / 1e6;
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetTime(int clock, out Timespec time);

    readonly record struct Timespec(nint Seconds, nint Nanoseconds);
}
