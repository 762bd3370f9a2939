using System.Text;

namespace Quorate.Chains.Solana.Programs;

/// <summary>The memo program: its data is the text, in UTF-8.</summary>
public static class MemoProgram
{
    static readonly UTF8Encoding utf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>Publishes a text.</summary>
    /// <exception cref="ArgumentException">It is no valid Unicode.</exception>
    public static SolanaInstruction Publish(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new(ProgramIds.Memo, [], utf8.GetBytes(text));
    }
}
