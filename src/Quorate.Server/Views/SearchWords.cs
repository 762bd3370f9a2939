using System.Text;

namespace Quorate.Server.Views;

/// <summary>
/// What full text is made of: runs of letters and digits in lower case. Both databases index these and nothing else, so
/// they find the same, and nothing of a search is syntax.
/// </summary>
static class SearchWords
{
    /// <summary>The words of a text, in order.</summary>
    internal static List<string> Of(string? text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (var c in $"{text} ")
        {
            if (char.IsLetterOrDigit(c))
                word.Append(char.ToLowerInvariant(c));
            else if (word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }
        }
        return words;
    }
}
