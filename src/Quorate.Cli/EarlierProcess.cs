using System.ComponentModel;
using System.Diagnostics;

namespace Quorate.Cli;

/// <summary>Processes that were written down by number and start, for whoever looks for them later.</summary>
static class EarlierProcess
{
    /// <summary>The process that was written down, or null where it has ended.</summary>
    /// <param name="id">Its number, which may have come to belong to another.</param>
    /// <param name="started">When it started, in UTC.</param>
    internal static Process? Open(int id, DateTime started)
    {
        try
        {
            var process = Process.GetProcessById(id);
            // The system tells the start to a hundredth of a second.
            if (!process.HasExited && (process.StartTime.ToUniversalTime() - started).Duration() < TimeSpan.FromSeconds(1))
                return process;
            process.Dispose();
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // Ended.
        }
        return null;
    }
}
