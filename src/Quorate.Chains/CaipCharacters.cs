using System.Buffers;

namespace Quorate.Chains;

// The alphabets of CAIP-2 and CAIP-19.
static class CaipCharacters
{
    const string Digits = "0123456789";
    const string Lower = "abcdefghijklmnopqrstuvwxyz";
    const string Letters = Lower + "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    public static readonly SearchValues<char> Namespace = SearchValues.Create(Lower + Digits + "-");
    public static readonly SearchValues<char> ChainReference = SearchValues.Create(Letters + Digits + "-_");
    public static readonly SearchValues<char> AssetReference = SearchValues.Create(Letters + Digits + "-.%");
}
