using Quorate.Cryptography.Secrets;

namespace Quorate.Testing;

/// <summary>Writes down how many bytes are drawn at a time from the stream behind it.</summary>
public sealed class CountedRandom(IRandom random) : IRandom
{
    readonly List<int> lengths = [];

    /// <summary>The lengths of all draws in order, equal neighbours together.</summary>
    public IEnumerable<(int Times, int Length)> Draws
    {
        get
        {
            for (var i = 0; i < lengths.Count;)
            {
                var times = lengths.Skip(i).TakeWhile(l => l == lengths[i]).Count();
                yield return (times, lengths[i]);
                i += times;
            }
        }
    }

    public void Fill(Span<byte> destination)
    {
        random.Fill(destination);
        lengths.Add(destination.Length);
    }
}
