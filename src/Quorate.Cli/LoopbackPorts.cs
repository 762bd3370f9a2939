using System.Net;
using System.Net.Sockets;

namespace Quorate.Cli;

/// <summary>Ports of the loopback interface for processes that are started in a moment.</summary>
static class LoopbackPorts
{
    // Below those that Linux gives to connections and to whoever listens at any port, which start at 32768: what is free when it is
    // chosen is still free when the process that shall listen there has started.
    const int First = 20_480, Beyond = 32_768;

    // Whoever chooses at the same moment begins somewhere else.
    const int Stride = 16;

    /// <summary>Ports at which nobody listens, no two the same.</summary>
    /// <param name="count">How many.</param>
    /// <exception cref="CliException">There are not as many.</exception>
    internal static int[] Free(int count)
    {
        var start = Environment.ProcessId * Stride % (Beyond - First);
        int[] free = [.. Enumerable.Range(0, Beyond - First).Select(i => First + ((start + i) % (Beyond - First))).Where(IsFree).Take(count)];
        return free.Length == count ? free : throw new CliException($"there are no {count} free ports between {First} and {Beyond - 1}.", CliException.Aborted);
    }

    /// <summary>Whether nobody listens there.</summary>
    internal static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
